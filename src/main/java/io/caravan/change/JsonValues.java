package io.caravan.change;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Values where they stand in a record, which is not changed and not copied.
 *
 * @param json UTF-8, of which an {@link EventScanner} has found the places to be valid
 * @param places two numbers for each value: where its text begins behind the quote, or one of the negative ones here, and
 *     where it ends, {@link #withEscapes marked} when there are escapes in it
 */
@SuppressWarnings("ArrayRecordComponent") // never changed, and never compared but by Row
record JsonValues(byte[] json, int[] places, boolean hasUnchanged) implements Values {
    static final int UNCHANGED = -2;

    /** The end of a text that has escapes. */
    static int withEscapes(int end) {
        return ~end;
    }

    @Override
    public int size() {
        return places.length / 2;
    }

    @Override
    public boolean isUnchanged(int index) {
        return from(index) == UNCHANGED;
    }

    @Override
    public boolean isNull(int index) {
        return from(index) == NULL;
    }

    @Override
    public @Nullable String text(int index) {
        return isNull(index) ? null : JsonText.read(json, from(index), to(index), hasEscapes(index));
    }

    @Override
    public int length(int index) {
        if (isNull(index)) {
            return NULL;
        }
        int from = from(index);
        return hasEscapes(index) ? JsonText.lengthOfText(json, from, to(index)) : to(index) - from;
    }

    @Override
    public int write(int index, byte[] to, int at) {
        int from = from(index);
        if (hasEscapes(index)) {
            return JsonText.writeText(json, from, to(index), to, at);
        }
        int length = to(index) - from;
        System.arraycopy(json, from, to, at, length);
        return at + length;
    }

    @Override
    public Values at(int[] indexes) {
        int[] some = new int[indexes.length * 2];
        boolean unchanged = false;
        for (int i = 0; i < indexes.length; i++) {
            some[2 * i] = places[2 * indexes[i]];
            some[2 * i + 1] = places[2 * indexes[i] + 1];
            unchanged |= isUnchanged(indexes[i]);
        }
        return new JsonValues(json, some, unchanged);
    }

    @Override
    public String identity(int index) {
        if (isNull(index)) {
            return TextValues.NO_IDENTITY;
        }
        int from = from(index);
        return hasEscapes(index)
                ? new String(
                        JsonText.read(json, from, to(index), true).getBytes(StandardCharsets.UTF_8),
                        StandardCharsets.ISO_8859_1)
                : new String(json, from, to(index) - from, StandardCharsets.ISO_8859_1);
    }

    private int from(int index) {
        return places[2 * index];
    }

    private boolean hasEscapes(int index) {
        return places[2 * index + 1] < 0;
    }

    private int to(int index) {
        int to = places[2 * index + 1];
        return to < 0 ? ~to : to;
    }
}
