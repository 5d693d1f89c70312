package io.ccflare.examples.spring;

import io.ccflare.adapter.servlet.GatewayServlet;
import io.ccflare.api.account.AccountStore;
import io.ccflare.api.record.GatewayListener;
import io.ccflare.core.Gateway;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** All that the service needs for it: the gateway, and the servlet that mounts it. */
@Configuration
class GatewayConfiguration {

    @Bean(destroyMethod = "close")
    Gateway gateway(AccountStore accounts, GatewayListener listener) {
        return Gateway.builder(accounts).listener(listener).build();
    }

    @Bean
    ServletRegistrationBean<GatewayServlet> claude(Gateway gateway) {
        return new ServletRegistrationBean<>(new GatewayServlet(gateway), "/v1/*");
    }
}
