package io.ccflare.core.call;

import io.ccflare.api.provider.Provider;
import io.ccflare.api.record.RequestRecord;
import io.ccflare.api.routing.RoutingStrategy;
import io.ccflare.api.state.StateChange;
import io.ccflare.api.time.TimeSource;
import io.ccflare.api.transport.Transport;
import io.ccflare.core.pool.AccountPool;
import io.ccflare.core.pool.Bindings;
import io.ccflare.core.pool.SessionBalancer;
import io.ccflare.core.price.PriceTable;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What all calls of a gateway work with.
 *
 * @param ids makes the id of a request
 * @param jitter thread-safe
 * @param strategies the strategy for a length of a session; that of a host is the same for every length
 * @param records takes the one record of each request; never blocks
 * @param changes takes what is worth sharing with other nodes; never blocks
 */
public record Engine(
        TimeSource time,
        Supplier<String> ids,
        RandomGenerator jitter,
        List<Provider> providers,
        Function<Duration, RoutingStrategy> strategies,
        Transport transport,
        PriceTable prices,
        AccountPool pool,
        Bindings bindings,
        SessionBalancer balancer,
        BodyBudget budget,
        OpenCalls open,
        Consumer<RequestRecord> records,
        Consumer<StateChange> changes) {}
