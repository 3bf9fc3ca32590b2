package io.caravan.postgres;

/** Names and literals inside generated SQL. Every name is quoted, so that no name can be read as anything else. */
public final class Identifier {
    private Identifier() {}

    /** {@code a"b} becomes {@code "a""b"}. */
    public static String quote(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** A string constant that is read alike whatever {@code standard_conforming_strings} says. */
    public static String literal(String value) {
        String quoted = "'" + value.replace("'", "''") + "'";
        return value.indexOf('\\') < 0 ? quoted : "E" + quoted.replace("\\", "\\\\");
    }
}
