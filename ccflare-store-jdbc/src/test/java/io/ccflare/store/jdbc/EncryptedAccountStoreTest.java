package io.ccflare.store.jdbc;

/** With credentials encrypted. */
class EncryptedAccountStoreTest extends JdbcAccountStoreTest {

    @Override
    EncryptionKey key() {
        return EncryptionKey.of("00112233445566778899aabbccddeeff".repeat(2));
    }
}
