package io.caravan.change;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The values that identify a row, in the order of the table's key columns. */
public record Key(List<@Nullable String> values) {}
