package io.ccflare.examples.spring;

import io.ccflare.adapter.servlet.ServletMount;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RestController;

/** A route of the service's own, which it had before. */
@RestController
class GreetingController {

    @GetMapping("/hello")
    String hello(@RequestAttribute(ServletMount.CALLER) String user) {
        return "Hello, " + user + "!";
    }
}
