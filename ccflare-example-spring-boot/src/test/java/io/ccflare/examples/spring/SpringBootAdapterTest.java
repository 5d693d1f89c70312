package io.ccflare.examples.spring;

import io.ccflare.adapter.servlet.GatewayServlet;
import io.ccflare.adapter.servlet.ServletMount;
import io.ccflare.api.http.GatewayHandler;
import io.ccflare.testkit.adapter.AdapterContract;
import io.ccflare.testkit.adapter.Host;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;

/** The contract on the Tomcat that Spring Boot starts, behind its own filters. */
class SpringBootAdapterTest extends AdapterContract {

    @Override
    public Host start(Map<String, GatewayHandler> mounts) {
        ApplicationContextInitializer<GenericApplicationContext> beans =
                context -> mounts.forEach((path, handler) -> context.registerBean(
                        "mount " + path, ServletRegistrationBean.class, () -> registration(path, handler)));
        ServletWebServerApplicationContext application =
                (ServletWebServerApplicationContext) new SpringApplicationBuilder(Application.class)
                        .initializers(beans)
                        .run("--server.port=0", "--spring.lifecycle.timeout-per-shutdown-phase=3s");
        int port = application.getWebServer().getPort();
        return new Host() {
            @Override
            public int port() {
                return port;
            }

            @Override
            public void close() {
                application.close();
            }
        };
    }

    private static ServletRegistrationBean<GatewayServlet> registration(String path, GatewayHandler handler) {
        ServletMount mount = ServletMount.builder(handler)
                .caller(request -> request.getHeader("x-user"))
                .build();
        ServletRegistrationBean<GatewayServlet> bean =
                new ServletRegistrationBean<>(new GatewayServlet(mount), path.equals("/") ? "/*" : path + "/*");
        bean.setName("mount " + path);
        return bean;
    }

    /** Tomcat has no way to tell: there it shows with the next bytes that are written. */
    @Override
    public boolean noticesSilentHangUp() {
        return false;
    }

    /** Tomcat ends a connection after some of them (400, 500 and 503 among others) and says so. */
    @Override
    public boolean keepsConnectionsAfterErrors() {
        return false;
    }

    @Configuration
    @EnableAutoConfiguration
    static class Application {

        /** By default a connection is closed after 100 requests. */
        @Bean
        WebServerFactoryCustomizer<TomcatServletWebServerFactory> keepAlive() {
            return factory ->
                    factory.addConnectorCustomizers(connector -> connector.setProperty("maxKeepAliveRequests", "-1"));
        }

        /** A servlet, since a mount at the root goes before every controller. */
        @Bean
        ServletRegistrationBean<HttpServlet> own() {
            return new ServletRegistrationBean<>(new Own(), "/own");
        }
    }

    private static final class Own extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getOutputStream().print("own");
        }
    }
}
