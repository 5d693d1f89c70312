package io.ccflare.core.anthropic;

/** The API's error types and the statuses that go with them. The list is open; source: the API reference, "Errors". */
final class ErrorType {

    static final String OVERLOADED = "overloaded_error";

    private ErrorType() {}

    /** The type for an error of the gateway's own. */
    static String ofStatus(int status) {
        return switch (status) {
            case 401 -> "authentication_error";
            case 402 -> "billing_error";
            case 403 -> "permission_error";
            case 404 -> "not_found_error";
            case 409 -> "conflict_error";
            case 413 -> "request_too_large";
            case 429 -> "rate_limit_error";
            case 504 -> "timeout_error";
            case 529 -> OVERLOADED;
            default -> status >= 400 && status < 500 ? "invalid_request_error" : "api_error";
        };
    }

    /** The status that an error in a stream would have had, had it come before the stream; unknown ones count as the server's. */
    static int toStatus(String type) {
        return switch (type) {
            case "invalid_request_error" -> 400;
            case "authentication_error" -> 401;
            case "billing_error" -> 402;
            case "permission_error" -> 403;
            case "not_found_error" -> 404;
            case "conflict_error" -> 409;
            case "request_too_large" -> 413;
            case "rate_limit_error" -> 429;
            case "timeout_error" -> 504;
            case OVERLOADED -> 529;
            default -> 500;
        };
    }
}
