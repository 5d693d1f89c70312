package io.ccflare.testkit;

import java.util.ArrayList;
import java.util.List;

/** Every order of a short list. */
final class Orders {

    private Orders() {}

    static <T> List<List<T>> of(List<T> items) {
        if (items.size() <= 1) {
            return List.of(items);
        }
        List<List<T>> orders = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            List<T> others = new ArrayList<>(items);
            T head = others.remove(i);
            for (List<T> rest : of(others)) {
                List<T> order = new ArrayList<>(List.of(head));
                order.addAll(rest);
                orders.add(order);
            }
        }
        return orders;
    }
}
