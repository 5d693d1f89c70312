package io.ccflare.examples;

import io.ccflare.core.Gateway;
import io.ccflare.examples.spring.SpringBootService;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.support.GenericApplicationContext;

/** The SDK over the servlet adapter in the Spring Boot service: its demo, with the gateway at hand in place of its own. */
class SpringBootSdkTest extends HttpSdkContract {

    @Override
    Service serve(Gateway gateway) {
        ApplicationContextInitializer<GenericApplicationContext> instead =
                context -> context.registerBean("pool", Gateway.class, () -> gateway, bean -> {
                    bean.setPrimary(true);
                    // Whoever made it closes it.
                    bean.setDestroyMethodName("");
                });
        ServletWebServerApplicationContext service =
                (ServletWebServerApplicationContext) new SpringApplicationBuilder(SpringBootService.class)
                        .initializers(instead)
                        .profiles("demo")
                        .run("--server.port=0");
        return service("http://127.0.0.1:" + service.getWebServer().getPort(), service);
    }
}
