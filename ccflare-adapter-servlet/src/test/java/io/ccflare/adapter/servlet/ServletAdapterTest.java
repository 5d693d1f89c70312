package io.ccflare.adapter.servlet;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ccflare.api.http.GatewayHandler;
import io.ccflare.testkit.adapter.AdapterContract;
import io.ccflare.testkit.adapter.Host;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The contract on every container. */
@ParameterizedClass
@EnumSource
class ServletAdapterTest extends AdapterContract {

    private final Container container;

    ServletAdapterTest(Container container) {
        this.container = container;
    }

    @Override
    public Host start(Map<String, GatewayHandler> mounts) throws Exception {
        return container.start((classes, context) -> {
            context.addServlet("own", new Own()).addMapping("/own");
            mounts.forEach((path, handler) -> mount(context, path, handler));
        });
    }

    private void mount(ServletContext context, String path, GatewayHandler handler) {
        ServletMount mount = ServletMount.builder(handler)
                .caller(request -> request.getHeader("x-user"))
                .hangUpWatch(container.watch())
                .build();
        ServletRegistration.Dynamic servlet = context.addServlet(path, new GatewayServlet(mount));
        servlet.setAsyncSupported(true);
        servlet.addMapping(path.equals("/") ? "/*" : path + "/*");
    }

    /** Tomcat has no way to tell: there it shows with the next bytes that are written. */
    @Override
    public boolean noticesSilentHangUp() {
        return container != Container.TOMCAT;
    }

    /** Tomcat ends a connection after some of them (400, 500 and 503 among others) and says so. */
    @Override
    public boolean keepsConnectionsAfterErrors() {
        return container != Container.TOMCAT;
    }

    @Test
    @Override
    public void spacesInsideAHeaderStayAsTheyWereSent() throws Exception {
        assumeTrue(container != Container.UNDERTOW, "Undertow's parser makes one space of several");
        super.spacesInsideAHeaderStayAsTheyWereSent();
    }

    private static final class Own extends HttpServlet {
        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            response.getOutputStream().print("own");
        }
    }
}
