/** What happened: one record per request, one per attempt, with usage, cost and outcome. */
@NullMarked
package io.ccflare.api.record;

import org.jspecify.annotations.NullMarked;
