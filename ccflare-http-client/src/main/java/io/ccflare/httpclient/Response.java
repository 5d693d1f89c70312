package io.ccflare.httpclient;

import io.ccflare.api.http.GatewayResponse;
import io.ccflare.api.http.Headers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.net.ssl.SSLSession;

/** A response with its body. Its text shows neither the query nor a header. */
record Response<T>(HttpRequest request, Head head, T body) implements HttpResponse<T> {

    /** Status and headers. There is no wire and so no version of a protocol; it says the oldest that has all it needs. */
    record Head(int statusCode, HttpHeaders headers) implements ResponseInfo {

        static Head of(GatewayResponse response) {
            Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            Headers headers = response.headers();
            for (int i = 0; i < headers.size(); i++) {
                fields.computeIfAbsent(headers.name(i), name -> new ArrayList<>(1))
                        .add(headers.value(i));
            }
            return new Head(response.status(), HttpHeaders.of(fields, (name, value) -> true));
        }

        @Override
        public HttpClient.Version version() {
            return HttpClient.Version.HTTP_1_1;
        }
    }

    @Override
    public int statusCode() {
        return head.statusCode();
    }

    @Override
    public HttpHeaders headers() {
        return head.headers();
    }

    @Override
    public HttpClient.Version version() {
        return head.version();
    }

    @Override
    public URI uri() {
        return request.uri();
    }

    @Override
    public Optional<HttpResponse<T>> previousResponse() {
        return Optional.empty();
    }

    @Override
    public Optional<SSLSession> sslSession() {
        return Optional.empty();
    }

    @Override
    public String toString() {
        return "(" + request.method() + " " + request.uri().getRawPath() + ") " + statusCode();
    }
}
