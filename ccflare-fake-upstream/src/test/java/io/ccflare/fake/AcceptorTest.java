package io.ccflare.fake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class AcceptorTest {
    private final List<SocketChannel> admitted = new ArrayList<>();
    private final SafeLog log = new SafeLog(System.getLogger(AcceptorTest.class.getName()));
    private Selector selector;
    private ServerSocketChannel server;
    private SelectionKey key;
    private boolean failed;

    @BeforeEach
    void listen() throws IOException {
        selector = Selector.open();
        server = ServerSocketChannel.open().bind(new InetSocketAddress(EventLoop.loopback(), 0));
        server.configureBlocking(false);
        key = server.register(selector, SelectionKey.OP_ACCEPT);
    }

    @AfterEach
    void close() throws IOException {
        for (SocketChannel channel : admitted) {
            channel.close();
        }
        server.close();
        selector.close();
    }

    @Test
    void afterAFailureItHangsUpAndLetsTheSelectorSleepUntilItHasRested() throws IOException {
        Acceptor acceptor = new Acceptor(server, key, this::admitAllButTheFirst, log);
        try (RawClient refused = client();
                RawClient waiting = client()) {
            await(acceptor);
            assertThat(refused.rest().bytes()).isEmpty();
            assertThat(selector.selectNow()).as("what is ready while it rests").isZero();
            assertThat(admitted).isEmpty();
            while (key.interestOps() == 0) {
                long nanos = Math.max(0, acceptor.nanosToRest(System.nanoTime()));
                selector.select(TimeUnit.NANOSECONDS.toMillis(nanos) + 1);
                acceptor.goOn();
            }
            assertThat(acceptor.nanosToRest(System.nanoTime())).isEqualTo(Long.MAX_VALUE);
            await(acceptor);
            assertThat(admitted).hasSize(1);
            waiting.send("x");
        }
    }

    private RawClient client() throws IOException {
        return new RawClient(server.socket().getLocalPort());
    }

    private void await(Acceptor acceptor) throws IOException {
        selector.select(ready -> acceptor.accept());
    }

    private void admitAllButTheFirst(SocketChannel channel) {
        if (!failed) {
            failed = true;
            throw new NoClassDefFoundError("as without a free file descriptor");
        }
        admitted.add(channel);
    }
}
