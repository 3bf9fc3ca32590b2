package io.caravan.change;

import java.nio.charset.StandardCharsets;
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
    public @Nullable String text(int index) {
        return texts[index];
    }

    @Override
    public long jsonLength(int index) {
        String text = texts[index];
        return text == null ? JsonText.NULL.length : JsonText.length(text) + 2;
    }

    @Override
    public int writeJson(int index, byte[] json, int at) {
        String text = texts[index];
        if (text == null) {
            return JsonText.writeNull(json, at);
        }
        json[at] = '"';
        int end = JsonText.write(text, json, at + 1);
        json[end] = '"';
        return end + 1;
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
