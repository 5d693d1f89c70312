package io.ccflare.examples;

import io.ccflare.adapter.servlet.HangUpWatch;
import io.ccflare.core.Gateway;
import java.nio.file.Path;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.junit.jupiter.api.io.TempDir;

/** The SDK over the servlet adapter, on plain Tomcat, behind a filter. */
class TomcatSdkTest extends HttpSdkContract {

    @TempDir
    Path base;

    @Override
    Service serve(Gateway gateway) throws Exception {
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(base.toString());
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        tomcat.setConnector(connector);
        tomcat.addContext("", base.toString())
                .addServletContainerInitializer(new ServletService(gateway, HangUpWatch.DEFAULT), null);
        tomcat.start();
        return service("http://127.0.0.1:" + connector.getLocalPort(), () -> {
            tomcat.stop();
            tomcat.destroy();
        });
    }
}
