package io.caravan.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ColumnTypeTest {
    @ParameterizedTest
    @CsvSource(delimiter = '>', textBlock = """
            json                           > text
            integer                        > bigint
            integer                        > numeric
            numeric(12,4)                  > numeric
            numeric(6,2)                   > numeric(8,4)
            character varying(10)          > character varying(20)
            bit(3)                         > text
            bit varying(3)                 > bit varying
            timestamp(3) without time zone > timestamp without time zone
            time(0) with time zone         > time(3) with time zone
            interval(3)                    > interval
            real                           > double precision
            character varying(3)[]         > text[]
            public.mood                    > public.mood
            """)
    void aTypeThatTakesEveryValueOfAnotherHoldsAll(String theirs, String type) {
        assertThat(ColumnType.holdsAll(type, theirs)).isTrue();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '>', textBlock = """
            numeric(12,4)               > numeric(6,2)
            numeric(8,2)                > numeric(8,4)
            numeric                     > numeric(30,10)
            numeric[]                   > numeric
            character varying(20)       > character varying(10)
            character varying           > character varying(10)
            character varying(10)       > character(10)
            timestamp without time zone > timestamp(3) without time zone
            timestamp with time zone    > timestamp without time zone
            double precision            > real
            bigint                      > integer
            json                        > jsonb
            text                        > public.citext
            timestamp without time zone > date
            """)
    void oneThatRoundsCutsConvertsOrRefusesDoesNot(String theirs, String type) {
        assertThat(ColumnType.holdsAll(type, theirs)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"integer,bigint,true", "smallint,integer,true", "real,double precision,false", "integer,numeric,false"})
    void onlyAmongIntegersIsARefusalCertain(String type, String theirs, boolean refuses) {
        assertThat(ColumnType.refusesOthers(type, theirs)).isEqualTo(refuses);
    }
}
