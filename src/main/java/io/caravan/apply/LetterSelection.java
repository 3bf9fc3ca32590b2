package io.caravan.apply;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.caravan.postgres.TableName;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which letters a command is about: some by their ids, those of a table, or all.
 *
 * @param ids empty for all of the table, or of every table
 * @param table as {@code schema.table}, without a schema one of public; null for every table
 */
public record LetterSelection(Set<Long> ids, @Nullable String table, boolean all) {

    public LetterSelection(
            @JsonProperty("ids") @Nullable Set<Long> ids,
            @JsonProperty("table") @Nullable String table,
            @JsonProperty("all") boolean all) {
        this.ids = ids == null ? Set.of() : Set.copyOf(ids);
        this.table = table == null ? null : TableName.of(table).toString();
        this.all = all;
        int kinds = (this.ids.isEmpty() ? 0 : 1) + (table == null ? 0 : 1) + (all ? 1 : 0);
        if (kinds != 1) {
            throw new IllegalArgumentException("Say which letters: ids, a table, or all; one of the three.");
        }
    }

    @Override
    public String toString() {
        return all ? "all letters" : table != null ? "the letters of table " + table : "letters " + new TreeSet<>(ids);
    }
}
