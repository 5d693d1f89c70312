package io.ccflare.core.transport;

import io.ccflare.api.transport.Transport;
import io.ccflare.testkit.transport.TransportContract;
import io.ccflare.testkit.transport.TransportSetup;
import java.net.ProxySelector;
import java.util.Set;

/** What the JDK's client cannot do otherwise is said in the Javadoc of {@link JdkTransport}. */
class JdkTransportContractTest extends TransportContract {

    @Override
    public Transport start(TransportSetup setup) {
        JdkTransport.Builder builder = JdkTransport.builder().connectTimeout(setup.connectTimeout());
        if (setup.sslContext() != null) {
            builder.sslContext(setup.sslContext());
        }
        if (setup.proxy() != null) {
            builder.proxySelector(ProxySelector.of(setup.proxy()));
        }
        if (setup.http2Streams() > 0) {
            builder.http2(setup.http2Streams());
        }
        return builder.build();
    }

    /** The JDK names itself where nobody else is named. */
    @Override
    public Set<String> addedHeaders() {
        return Set.of("user-agent");
    }

    /** The JDK sorts them by name. */
    @Override
    public boolean keepsHeaderOrder() {
        return false;
    }

    /** A {@code java.net.URI} holds fewer characters than a request line. */
    @Override
    public String onTheWire(String target) {
        return RawTarget.resolve(java.net.URI.create("http://h"), target)
                .toString()
                .substring("http://h".length())
                .replaceAll("\\?$", "");
    }

    /** The JDK reads the answer when it has written the request. */
    @Override
    public boolean seesEarlyAnswers() {
        return false;
    }
}
