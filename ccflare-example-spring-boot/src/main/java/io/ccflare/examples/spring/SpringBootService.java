package io.ccflare.examples.spring;

import io.ccflare.api.account.Account;
import io.ccflare.api.account.AccountStore;
import io.ccflare.api.account.Credential;
import io.ccflare.api.record.GatewayListener;
import io.ccflare.api.record.RequestRecord;
import io.ccflare.fake.FakeUpstream;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Profile;

/**
 * A Spring Boot service with users and a route of its own, and the gateway at {@code /v1}. Runs over an imitation of the API until it is
 * interrupted: {@code mvn -q -pl ccflare-example-spring-boot -am compile exec:java -Dexec.skip=false
 * -Dexec.mainClass=io.ccflare.examples.spring.SpringBootService -Dspring.profiles.active=demo}.
 */
@SpringBootApplication
public class SpringBootService {

    public static void main(String[] args) {
        SpringApplication.run(SpringBootService.class, args);
    }

    @Bean
    @Profile("demo")
    Users users() {
        return new Users(Map.of("annas-token", "anna"));
    }

    @Bean(destroyMethod = "close")
    @Profile("demo")
    FakeUpstream upstream() {
        FakeUpstream upstream = FakeUpstream.start();
        upstream.account("key-of-demo");
        return upstream;
    }

    @Bean
    @Profile("demo")
    AccountStore accounts(FakeUpstream upstream) {
        Account demo = Account.builder("demo", "demo", Credential.apiKey("key-of-demo"))
                .endpoint(upstream.uri())
                .build();
        return () -> List.of(demo);
    }

    @Bean
    @Profile("demo")
    GatewayListener listener() {
        System.Logger log = System.getLogger(SpringBootService.class.getName());
        return new GatewayListener() {
            @Override
            public void requestEnded(RequestRecord record) {
                log.log(System.Logger.Level.INFO, "{0}", record);
            }
        };
    }
}
