package io.ccflare.adapter.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.ccflare.api.http.ErrorResponse;
import io.ccflare.api.http.FixedBody;
import io.ccflare.api.http.GatewayHandler;
import io.ccflare.api.http.GatewayRequest;
import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import io.ccflare.testkit.adapter.Host;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What stands around the servlet in a container: filters, time-outs, a registration that forgot something. */
@ParameterizedClass
@EnumSource
class ServletHostTest {

    private final Container container;
    private final BlockingQueue<GatewayRequest> seen = new LinkedBlockingQueue<>();

    ServletHostTest(Container container) {
        this.container = container;
    }

    private Host start(GatewayHandler handler, boolean async, Filter filter, boolean asyncFilter) throws Exception {
        GatewayHandler noting = request -> {
            seen.add(request);
            return handler.handle(request);
        };
        return container.start((classes, context) -> {
            FilterRegistration.Dynamic before = context.addFilter("before", filter);
            before.setAsyncSupported(asyncFilter);
            before.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/v1/*");
            ServletRegistration.Dynamic patient = context.addServlet("patient", new Patient());
            patient.setAsyncSupported(true);
            patient.addMapping("/patient");
            ServletRegistration.Dynamic servlet = context.addServlet("gateway", new GatewayServlet(noting));
            servlet.setAsyncSupported(async);
            servlet.addMapping("/v1/*");
        });
    }

    private static HttpResponse<InputStream> get(Host host) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + host.port() + "/v1/models"))
                .timeout(Duration.ofSeconds(10))
                .build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofInputStream());
    }

    private static String text(HttpResponse<InputStream> response) throws IOException {
        try (InputStream in = response.body()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static CompletableFuture<GatewayResponse> ok(GatewayRequest request) {
        return CompletableFuture.completedFuture(ErrorResponse.json().of(200, "for " + request.caller()));
    }

    private static final Filter PASSES = (request, response, chain) -> chain.doFilter(request, response);

    @Test
    void aFilterThatRefusesKeepsTheRequestFromTheHandler() throws Exception {
        Filter refuses = (request, response, chain) -> ((HttpServletResponse) response).setStatus(401);
        try (Host host = start(ServletHostTest::ok, true, refuses, true)) {
            assertThat(get(host).statusCode()).isEqualTo(401);
            assertThat(seen).isEmpty();
        }
    }

    @Test
    void aFilterThatWrapsAndNamesTheCallerIsNoHindrance() throws Exception {
        Filter wraps = new Filter() {
            @Override
            public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
                    throws IOException, ServletException {
                request.setAttribute(ServletMount.CALLER, "ann");
                chain.doFilter(
                        new HttpServletRequestWrapper((HttpServletRequest) request),
                        new HttpServletResponseWrapper((HttpServletResponse) response));
            }
        };
        try (Host host = start(ServletHostTest::ok, true, wraps, true)) {
            assertThat(text(get(host))).contains("for ann");
        }
    }

    @Test
    void aStreamBehindAFilterThatWrapsIsCutAsAnyOther() throws Exception {
        Filter wraps = (request, response, chain) -> chain.doFilter(
                new HttpServletRequestWrapper((HttpServletRequest) request),
                new HttpServletResponseWrapper((HttpServletResponse) response));
        CountDownLatch broken = new CountDownLatch(1);
        GatewayHandler half = request -> CompletableFuture.completedFuture(
                GatewayResponse.of(200, Headers.empty(), new HalfBody(broken), () -> {}));
        try (Host host = start(half, true, wraps, true)) {
            InputStream in = get(host).body();
            in.readNBytes(WayToEnd.HALF.length());
            broken.countDown();
            assertThat(BrokenStreamTest.end(in)).isEqualTo("cut");
        }
    }

    /** Otherwise each response costs a change to one of the container's threads. */
    @Test
    void aResponseIsTakenByTheThreadThatBringsIt() throws Exception {
        assumeThat(container)
                .as("Undertow first tells that it takes bytes when it likes")
                .isNotEqualTo(Container.UNDERTOW);
        BlockingQueue<Thread> takers = new LinkedBlockingQueue<>();
        Thread[] bringer = new Thread[1];
        GatewayHandler answersLater = request -> {
            Thread servlet = Thread.currentThread();
            CompletableFuture<GatewayResponse> answer = new CompletableFuture<>();
            Flow.Publisher<List<ByteBuffer>> body = reader -> {
                takers.add(Thread.currentThread());
                FixedBody.empty().subscribe(reader);
            };
            bringer[0] = new Thread(() -> {
                while (isInside(servlet, GatewayServlet.class)) {
                    Thread.onSpinWait();
                }
                answer.complete(GatewayResponse.of(200, Headers.empty(), body, () -> {}));
            });
            bringer[0].start();
            return answer;
        };
        int most = 0;
        try (Host host = start(answersLater, true, PASSES, true)) {
            // A container that is overtaken does it itself, and on a busy machine that happens.
            for (int round = 0; round < 10 && most <= 15; round++) {
                int byBringer = 0;
                for (int i = 0; i < 20; i++) {
                    text(get(host));
                    byBringer += takers.remove() == bringer[0] ? 1 : 0;
                }
                most = Math.max(most, byBringer);
            }
        }
        assertThat(most).isGreaterThan(15);
    }

    private static boolean isInside(Thread thread, Class<?> type) {
        return Stream.of(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(type.getName()));
    }

    @Test
    void aRegistrationWithoutAsyncSupportIsAClearErrorAndNoHang() throws Exception {
        try (Host host = start(ServletHostTest::ok, false, PASSES, true)) {
            assertThat(get(host).statusCode()).isEqualTo(500);
            assertThat(seen).isEmpty();
        }
    }

    @Test
    void aFilterWithoutAsyncSupportIsAClearErrorAndNoHang() throws Exception {
        try (Host host = start(ServletHostTest::ok, true, PASSES, false)) {
            assertThat(get(host).statusCode()).isEqualTo(500);
            assertThat(seen).isEmpty();
        }
    }

    @Test
    void theContainersTimeOutDoesNotEndAQuietRequest() throws Exception {
        CompletableFuture<GatewayResponse> answer = new CompletableFuture<>();
        CompletableFuture<Long> timeOut = new CompletableFuture<>();
        Filter looks = (request, response, chain) -> {
            chain.doFilter(request, response);
            timeOut.complete(request.getAsyncContext().getTimeout());
        };
        try (Host host = start(request -> answer, true, looks, true)) {
            CompletableFuture<HttpResponse<InputStream>> response = sending(host, "/v1/models");
            GatewayRequest request = seen.poll(10, TimeUnit.SECONDS);
            assertThat(request).isNotNull();
            assertThat(timeOut.get(10, TimeUnit.SECONDS)).as("none").isZero();
            // One that began later and has the container's time-out: when it has ended, ours would have.
            assertThat(sending(host, "/patient").get(10, TimeUnit.SECONDS).statusCode())
                    .isEqualTo(500);
            assertThat(answer).isNotDone();
            answer.complete(ok(request).join());
            assertThat(response.get(10, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
        }
    }

    private static CompletableFuture<HttpResponse<InputStream>> sending(Host host, String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + host.port() + path))
                .build();
        return HttpClient.newHttpClient().sendAsync(request, HttpResponse.BodyHandlers.ofInputStream());
    }

    /** Waits for what never comes, as long as the container lets it. */
    private final class Patient extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) {
            AsyncContext async = request.startAsync();
            if (container != Container.TOMCAT) {
                // There the default of 30 seconds cannot be set.
                async.setTimeout(Container.ASYNC_TIME_OUT_MILLIS);
            }
        }
    }
}
