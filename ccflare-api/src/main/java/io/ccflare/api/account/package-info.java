/** Accounts, their credentials, and the store that a host implements. */
@NullMarked
package io.ccflare.api.account;

import org.jspecify.annotations.NullMarked;
