package io.caravan.preflight;

/**
 * Something that would go wrong, with what to do about it.
 *
 * @param check the short name of what was looked at: {@code wal_level}, {@code table public.orders}
 * @param problem what is the matter, a full sentence
 * @param remedy what to do, with the statement where there is one
 */
public record Finding(String check, String problem, String remedy) {
    @Override
    public String toString() {
        return problem + " " + remedy;
    }
}
