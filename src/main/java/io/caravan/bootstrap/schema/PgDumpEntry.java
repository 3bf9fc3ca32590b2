package io.caravan.bootstrap.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An entry of a dump's table of contents, as {@code pg_restore --list --verbose} prints it.
 *
 * @param catalogOid and {@code oid}: the object in the catalogues of the source; 0 for what has no row of its own (a comment,
 *     the attaching of a partition)
 * @param text kind, schema and name; not taken apart, since names may hold spaces
 * @param needs the ids of other entries
 */
record PgDumpEntry(int id, long catalogOid, long oid, String text, List<Integer> needs) {
    private static final Pattern ENTRY = Pattern.compile("(\\d+); (\\d+) (\\d+) (.*)");
    private static final Pattern NEEDS = Pattern.compile(";\\s+depends on:(.*)");

    static List<PgDumpEntry> parse(String list) {
        List<PgDumpEntry> entries = new ArrayList<>();
        for (String line : list.split("\\R", -1)) {
            Matcher entry = ENTRY.matcher(line);
            Matcher needs = NEEDS.matcher(line);
            if (entry.matches()) {
                entries.add(new PgDumpEntry(
                        Integer.parseInt(entry.group(1)),
                        Long.parseLong(entry.group(2)),
                        Long.parseLong(entry.group(3)),
                        entry.group(4),
                        new ArrayList<>()));
            } else if (needs.matches() && !entries.isEmpty()) {
                for (String id : needs.group(1).strip().split("\\s+", -1)) {
                    entries.get(entries.size() - 1).needs().add(Integer.valueOf(id));
                }
            }
        }
        return entries;
    }

    /** Whether it is of one of these kinds ({@code TRIGGER}, {@code ROW SECURITY}). */
    boolean is(String... kinds) {
        for (String kind : kinds) {
            if (text.startsWith(kind + " ") && !text.startsWith(kind + " ATTACH ")) {
                return true;
            }
        }
        return false;
    }

    /** The line that {@code pg_restore --use-list} takes. */
    String line() {
        return id + "; " + catalogOid + " " + oid + " " + text;
    }
}
