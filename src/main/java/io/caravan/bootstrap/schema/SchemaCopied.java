package io.caravan.bootstrap.schema;

import java.util.List;

/**
 * What became of the schema.
 *
 * @param way never {@link SchemaMode#AUTO}: the way that was taken
 * @param reason why that way, in words for the log
 * @param notCarried one line per object of the source that the target did not get, as in {@code view public.overview}
 */
public record SchemaCopied(SchemaMode way, String reason, List<String> notCarried) {}
