/** A {@link java.net.http.HttpClient} whose calls go through a gateway in the same process. */
module io.ccflare.httpclient {
    requires transitive io.ccflare.api;
    requires transitive java.net.http;
    requires static transitive org.jspecify;

    exports io.ccflare.httpclient;
}
