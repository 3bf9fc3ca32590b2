package io.caravan.change;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Values that are there as text: made by a step in between, read from a database, or from JSON of an unusual form. */
@SuppressWarnings("ArrayRecordComponent") // never changed, and never compared but by Row
record TextValues(@Nullable String[] texts) implements Values {
    /** Stands for an unchanged value; compared by identity, so that no text a user stores can be taken for it. */
    @SuppressWarnings("StringOperationCanBeSimplified")
    static final String UNCHANGED = new String("unchanged");

    /** In place of NULL, which is no text. */
    static final String NO_IDENTITY = "\u00fe";

    @Override
    public int size() {
        return texts.length;
    }

    @Override
    @SuppressWarnings("ReferenceEquality")
    public boolean isUnchanged(int index) {
        return texts[index] == UNCHANGED;
    }

    @Override
    public boolean hasUnchanged() {
        for (int i = 0; i < texts.length; i++) {
            if (isUnchanged(i)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean isNull(int index) {
        return texts[index] == null;
    }

    @Override
    public @Nullable String text(int index) {
        return texts[index];
    }

    @Override
    public int length(int index) {
        String text = texts[index];
        return text == null ? NULL : text.getBytes(StandardCharsets.UTF_8).length;
    }

    @Override
    public int write(int index, byte[] to, int at) {
        byte[] text = Objects.requireNonNull(texts[index]).getBytes(StandardCharsets.UTF_8);
        System.arraycopy(text, 0, to, at, text.length);
        return at + text.length;
    }

    @Override
    public Values at(int[] indexes) {
        @Nullable String[] some = new String[indexes.length];
        for (int i = 0; i < some.length; i++) {
            some[i] = texts[indexes[i]];
        }
        return new TextValues(some);
    }

    @Override
    public String identity(int index) {
        String text = texts[index];
        return text == null
                ? NO_IDENTITY
                : new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
