package io.caravan.change;

import org.jspecify.annotations.Nullable;

/** The values of a row, in the order of its columns. */
sealed interface Values permits TextValues, JsonValues {
    int size();

    boolean isUnchanged(int index);

    boolean hasUnchanged();

    /** The value; null is SQL's NULL. Not asked for an unchanged one. */
    @Nullable
    String text(int index);

    /** How many bytes {@link #writeJson} writes. */
    long jsonLength(int index);

    /** Writes the value as a string of JSON, or null, and says where it ended. Not asked for an unchanged one. */
    int writeJson(int index, byte[] json, int at);

    /** Of these columns only. */
    Values at(int[] indexes);

    /**
     * The value's UTF-8 as Latin-1, which is the same for equal values and costs little to make and to compare; for NULL a
     * letter that is no byte of UTF-8.
     */
    String identity(int index);
}
