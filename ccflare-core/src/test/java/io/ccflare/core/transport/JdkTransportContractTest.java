package io.ccflare.core.transport;

import io.ccflare.api.transport.Transport;
import io.ccflare.testkit.transport.TransportContract;
import io.ccflare.testkit.transport.TransportSetup;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLContext;

/** What the JDK's client cannot do otherwise is said in the Javadoc of {@link JdkTransport}. */
class JdkTransportContractTest extends TransportContract {

    @Override
    public Transport start(TransportSetup setup) {
        JdkTransport.Builder builder = JdkTransport.builder().connectTimeout(setup.connectTimeout());
        SSLContext context = setup.sslContext();
        if (context != null) {
            builder.sslContext(context);
        }
        InetSocketAddress proxy = setup.proxy();
        if (proxy != null) {
            builder.proxySelector(ProxySelector.of(proxy));
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

    /** A {@code java.net.URI} holds fewer characters than a request line, and no empty query. */
    @Override
    public String onTheWire(String target) {
        return Map.of(
                        "/a|b\"c?q={}^`\\<>", "/a%7Cb%22c?q=%7B%7D%5E%60%5C%3C%3E",
                        "/a%zz%", "/a%25zz%25",
                        "/caf\u00e9", "/caf%E9",
                        "/a?", "/a")
                .getOrDefault(target, target);
    }

    /** The JDK reads the answer when it has written the request. */
    @Override
    public boolean seesEarlyAnswers() {
        return false;
    }
}
