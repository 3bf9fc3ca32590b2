package io.caravan.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.change.Events;
import io.caravan.postgres.Column;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TouchedKeysTest {
    private static Set<Long> hashes(String type, boolean equalByText, String key) {
        Column column = new Column("k", type, type, false, false, true, "=", equalByText);
        return new TouchedKeys("ome public.t", List.of(column))
                .hashes(new Events("k").create(key).list().get(0));
    }

    @Test
    void keysAreToldApartByTheirTextWhereEqualOnesHaveOne() {
        assertThat(hashes("text", true, "a")).isNotEqualTo(hashes("text", true, "A"));
        assertThat(hashes("text", true, "a")).isNotEqualTo(hashes("text", true, "a "));
        assertThat(hashes("text", true, "")).isNotEqualTo(hashes("text", true, null));
        assertThat(hashes("integer", true, "1")).isNotEqualTo(hashes("integer", true, "-1"));
        assertThat(hashes("numeric", true, "NaN")).isNotEqualTo(hashes("numeric", true, "Infinity"));
        assertThat(hashes("numeric", true, "10")).isNotEqualTo(hashes("numeric", true, "1"));
        assertThat(hashes("ext.citext", true, "a@b.com")).isNotEqualTo(hashes("ext.citext", true, "b@b.com"));
    }

    @Test
    void textsOfOneValueAreOneKey() {
        assertThat(hashes("numeric", true, "10.00")).isEqualTo(hashes("numeric", true, "10"));
        assertThat(hashes("numeric", true, "0.000")).isEqualTo(hashes("numeric", true, "0"));
        assertThat(hashes("real", true, "-0")).isEqualTo(hashes("real", true, "0"));
        assertThat(hashes("double precision", true, "-0")).isEqualTo(hashes("double precision", true, "0"));
        assertThat(hashes("bpchar", true, "ab")).isEqualTo(hashes("bpchar", true, "ab   "));
    }

    @Test
    void textsThatAreEqualInAnyLocaleIfTheCaseIsLeftOutAreOneKey() {
        for (String[] equal : new String[][] {
            {"TITLE", "t\u0131tle"},
            {"title", "T\u0130TLE"},
            {"i\u0307", "\u0130"},
            {"\u212A", "k"},
            {"\u03A3A", "\u03C3a"}
        }) {
            assertThat(hashes("citext", true, equal[0])).as(equal[0]).isEqualTo(hashes("citext", true, equal[1]));
        }
    }

    @Test
    void allKeysAreOneWhereNothingIsKnownOfTheirEquality() {
        assertThat(hashes("interval", false, "1 mon")).isEqualTo(hashes("interval", false, "30 days"));
        assertThat(hashes("text", false, "a")).isEqualTo(hashes("text", false, "b"));
        assertThat(hashes("interval", false, "1 mon")).isNotEqualTo(hashes("interval", false, null));
    }
}
