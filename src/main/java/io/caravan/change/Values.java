package io.caravan.change;

import org.jspecify.annotations.Nullable;

/** The values of a row, in the order of its columns. */
sealed interface Values permits TextValues, JsonValues {
    /** The length of a value that is NULL. */
    int NULL = -1;

    int size();

    boolean isUnchanged(int index);

    boolean hasUnchanged();

    /** Not asked for an unchanged one. */
    boolean isNull(int index);

    /** The value; null is SQL's NULL. Not asked for an unchanged one. */
    @Nullable
    String text(int index);

    /** How many bytes the value has in UTF-8, {@link #NULL} for SQL's NULL. Not asked for an unchanged one. */
    int length(int index);

    /** Writes the value in UTF-8, and says where it ended. Not asked for NULL, nor for an unchanged one. */
    int write(int index, byte[] to, int at);

    /** Of these columns only. */
    Values at(int[] indexes);

    /**
     * The value's UTF-8 as Latin-1, which is the same for equal values and costs little to make and to compare; for NULL a
     * letter that is no byte of UTF-8.
     */
    String identity(int index);
}
