package io.caravan.guard;

/**
 * Changes are missing, or events were sent again, so what would be applied from here on is not the source any more. Stays until
 * the remedy was carried out.
 *
 * @param table as {@code schema.table}; empty when it is the whole pipeline
 * @param message what was found and what to do
 */
public record Gap(String table, String message) {
    static final String BEGIN_ANEW = " Begin anew with 'reset --target-data' and 'run'.";

    static Gap ofPipeline(String found) {
        return new Gap("", found + BEGIN_ANEW);
    }

    static Gap ofTable(String table, String found) {
        return new Gap(table, found + " Copy it again with 'resync " + table + "'.");
    }

    public boolean isOfPipeline() {
        return table.isEmpty();
    }
}
