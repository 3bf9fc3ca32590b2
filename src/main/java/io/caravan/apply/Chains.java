package io.caravan.apply;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Letters that must be replayed together: those that share a row with another, directly or through a third. */
final class Chains {
    private final Map<Long, Long> parents = new HashMap<>();

    private Chains() {}

    /** The chains in the order of their first letters, each in the order of the letters given. */
    static List<List<Letter>> of(List<Letter> letters) {
        Chains chains = new Chains();
        for (Letter letter : letters) {
            letter.blocks().forEach(hash -> chains.join(letter.blocks().get(0), hash));
        }
        Map<Object, List<Letter>> found = new LinkedHashMap<>();
        for (Letter letter : letters) {
            Object chain = letter.blocks().isEmpty()
                    ? letter // of its row nothing is known
                    : chains.root(letter.blocks().get(0));
            found.computeIfAbsent(chain, same -> new ArrayList<>()).add(letter);
        }
        return List.copyOf(found.values());
    }

    private Long root(Long hash) {
        Long current = hash;
        for (Long parent = parents.get(current); parent != null; parent = parents.get(current)) {
            current = parent;
        }
        return current;
    }

    private void join(Long one, Long other) {
        Long a = root(one);
        Long b = root(other);
        if (!a.equals(b)) {
            parents.put(b, a);
        }
    }
}
