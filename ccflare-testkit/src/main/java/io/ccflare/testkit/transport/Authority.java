package io.ccflare.testkit.transport;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A private certificate authority, made anew for a test: the JDK can sign but not write certificates, so the few bytes of ASN.1 (RFC 5280) are
 * written here.
 */
final class Authority {

    private static final byte[] ECDSA_WITH_SHA256 = sequence(der(6, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2));
    private static final byte[] SUBJECT_ALT_NAME = {0x55, 0x1D, 0x11};
    private static final byte[] BASIC_CONSTRAINTS = {0x55, 0x1D, 0x13};
    private static final char[] NO_PASSWORD = {};

    private final AtomicLong serial = new AtomicLong();
    private final KeyPair keys = newKeys();
    final X509Certificate certificate;

    Authority() {
        certificate = issue(keys, extension(BASIC_CONSTRAINTS, sequence(der(1, 0xFF))));
    }

    /** A server that proves to be 127.0.0.1. */
    SSLContext serverContext() {
        return serverContext(der(0x87, 127, 0, 0, 1));
    }

    /** A server that proves to be of another name than the one it is reached by. */
    SSLContext contextOfAnotherHost() {
        return serverContext(der(0x82, "elsewhere.test".getBytes(StandardCharsets.US_ASCII)));
    }

    /** What a client needs that trusts one authority. */
    static SSLContext trusting(X509Certificate authority) {
        try {
            KeyStore trusted = emptyStore();
            trusted.setCertificateEntry("authority", authority);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private SSLContext serverContext(byte[] name) {
        try {
            KeyPair own = newKeys();
            Certificate[] chain = {issue(own, extension(SUBJECT_ALT_NAME, sequence(name))), certificate};
            KeyStore store = emptyStore();
            store.setKeyEntry("server", own.getPrivate(), NO_PASSWORD, chain);
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(store, NO_PASSWORD);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private X509Certificate issue(KeyPair subject, byte[] extension) {
        byte[] version3 = der(0xA0, der(2, 2));
        byte[] number = der(2, BigInteger.valueOf(serial.incrementAndGet()).toByteArray());
        byte[] from = "20200101000000Z".getBytes(StandardCharsets.US_ASCII);
        byte[] until = "20991231235959Z".getBytes(StandardCharsets.US_ASCII);
        byte[] validity = sequence(der(0x18, from), der(0x18, until));
        byte[] content = sequence(
                version3,
                number,
                ECDSA_WITH_SHA256,
                name("ccflare test authority"),
                validity,
                name(subject == keys ? "ccflare test authority" : "ccflare test server"),
                subject.getPublic().getEncoded(),
                der(0xA3, sequence(extension)));
        byte[] signature = sign(keys.getPrivate(), content);
        byte[] whole = sequence(content, ECDSA_WITH_SHA256, der(3, join(new byte[1], signature)));
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(whole));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] sign(PrivateKey key, byte[] content) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key);
            signature.update(content);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyStore emptyStore() throws GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try {
            store.load(null, NO_PASSWORD);
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        }
        return store;
    }

    private static byte[] name(String commonName) {
        byte[] value = der(0x0C, commonName.getBytes(StandardCharsets.UTF_8));
        return sequence(der(0x31, sequence(der(6, 0x55, 4, 3), value)));
    }

    private static byte[] extension(byte[] id, byte[] value) {
        return sequence(der(6, id), der(4, value));
    }

    private static byte[] sequence(byte[]... parts) {
        return der(0x30, join(parts));
    }

    private static byte[] der(int tag, int... content) {
        byte[] bytes = new byte[content.length];
        for (int i = 0; i < content.length; i++) {
            bytes[i] = (byte) content[i];
        }
        return der(tag, bytes);
    }

    private static byte[] der(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length < 128) {
            out.write(content.length);
        } else if (content.length < 256) {
            out.write(0x81);
            out.write(content.length);
        } else {
            out.write(0x82);
            out.write(content.length >> 8);
            out.write(content.length);
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
