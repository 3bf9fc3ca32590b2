package io.caravan.preflight;

/**
 * Something that would go wrong, with what to do about it.
 *
 * @param check the short name of what was looked at: {@code wal_level}, {@code table public.orders}
 * @param problem what is the matter, a full sentence
 * @param remedy what to do, with the statement where there is one
 * @param warning it goes wrong under conditions that may never come, so the pipeline is set up all the same
 */
public record Finding(String check, String problem, String remedy, boolean warning) {

    /** One that the pipeline cannot be set up with. */
    public Finding(String check, String problem, String remedy) {
        this(check, problem, remedy, false);
    }

    /** Of what does not keep the pipeline from going on. */
    Finding asWarning() {
        return new Finding(check, problem, remedy, true);
    }

    @Override
    public String toString() {
        return problem + " " + remedy;
    }
}
