package io.caravan.guard;

/**
 * Changes are missing, or the target has some that the source has no more, so what would be applied from here on is not the source any more. Stays until
 * the remedy was carried out.
 *
 * @param table as {@code schema.table}; empty when it is the whole pipeline
 * @param message what was found and what to do
 */
public record Gap(String table, String message) {
    static Gap ofPipeline(String found) {
        return ofTable("", found);
    }

    static Gap ofTable(String table, String found) {
        return new Gap(table, found + " " + remedy(table));
    }

    private static String remedy(String table) {
        return table.isEmpty()
                ? "Begin anew with 'reset --target-data' and 'run'."
                : "Copy it again with 'resync " + table + "'.";
    }

    /** What to do: the end of the message. */
    public String remedy() {
        return remedy(table);
    }

    /** What was found: the message without the remedy. */
    public String found() {
        return message.endsWith(remedy())
                ? message.substring(0, message.length() - remedy().length()).strip()
                : message;
    }

    public boolean isOfPipeline() {
        return table.isEmpty();
    }
}
