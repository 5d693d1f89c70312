package io.ccflare.examples;

import io.ccflare.adapter.servlet.HangUpWatch;
import io.ccflare.core.Gateway;
import io.undertow.Undertow;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.ServletContainer;
import io.undertow.servlet.api.ServletContainerInitializerInfo;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import java.net.InetSocketAddress;
import java.util.Set;

/** The SDK over the servlet adapter, on plain Undertow, behind a filter. */
class UndertowSdkTest extends HttpSdkContract {

    @Override
    Service serve(Gateway gateway) throws Exception {
        ServletService application = new ServletService(gateway, HangUpWatch.DEFAULT);
        DeploymentInfo info = new DeploymentInfo()
                .setClassLoader(UndertowSdkTest.class.getClassLoader())
                .setContextPath("/")
                .setDeploymentName("service")
                .addServletContainerInitializer(new ServletContainerInitializerInfo(
                        ServletService.class, new ImmediateInstanceFactory<>(application), Set.of()));
        DeploymentManager deployment = ServletContainer.Factory.newInstance().addDeployment(info);
        deployment.deploy();
        Undertow server = Undertow.builder()
                .addHttpListener(0, "127.0.0.1")
                .setHandler(deployment.start())
                .build();
        server.start();
        InetSocketAddress address =
                (InetSocketAddress) server.getListenerInfo().get(0).getAddress();
        return service("http://127.0.0.1:" + address.getPort(), () -> {
            deployment.stop();
            server.stop();
            deployment.undeploy();
        });
    }
}
