package io.caravan.apply;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.change.Batch;
import io.caravan.change.ChangeEvent;
import io.caravan.change.Events;
import io.caravan.change.Row;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ColumnsTest {
    private final Columns columns = new Columns();
    private final Events events = new Events("id", "email");

    @Test
    void equalValuesAreMaskedAlikeAndDifferentOnesDifferently() {
        Batch masked = columns.mask(
                events.create("1", "a@x").create("2", "b@x").create("3", "a@x").batch(), "email", "@masked.invalid");

        List<String> emails = rows(masked).map(row -> row.get("email")).toList();
        // what SQL says: left(encode(sha256(convert_to('a@x', 'UTF8')), 'hex'), 20)
        assertThat(emails.get(0))
                .isEqualTo("bd39e6feafd837011c64@masked.invalid")
                .isEqualTo(emails.get(2));
        assertThat(emails.get(1)).isNotEqualTo(emails.get(0)).endsWith("@masked.invalid");
    }

    @Test
    void nullAndWhatTheEventDoesNotCarryStayWhatTheyAre() {
        Batch masked = columns.mask(
                events.create("1", null).update("2", Events.unchanged()).batch(), "email", "");

        List<Row> rows = rows(masked).toList();
        assertThat(rows.get(0).get("email")).isNull();
        assertThat(rows.get(1).isUnchanged(1)).isTrue();
    }

    @Test
    void oldRowsAndKeysAreMaskedToo() {
        Row oldKey = Row.of(List.of("email"), List.of("a@x"));
        Batch masked = columns.mask(
                events.delete("1", "a@x")
                        .move(events.row("1", "a@x"), oldKey, "1", "b@x")
                        .batch(),
                "email",
                "");

        List<ChangeEvent> each = masked.events();
        assertThat(Stream.of(
                        each.get(0).before(), each.get(1).before(), each.get(2).oldKey()))
                .extracting(row -> row.get("email"))
                .doesNotContain("a@x")
                .doesNotContainNull();
        assertThat(each.get(1).movedAway()).isTrue();
    }

    @Test
    void aColumnThatIsDroppedIsNotWrittenAndOneThatIsRenamedHasItsValue() {
        Batch batch = events.create("1", "a@x").batch();

        assertThat(rows(columns.drop(batch, "email"))).containsExactly(Row.of(List.of("id"), List.of("1")));
        assertThat(rows(columns.rename(batch, "email", "mail")))
                .containsExactly(Row.of(List.of("id", "mail"), List.of("1", "a@x")));
    }

    @Test
    void aTruncateHasNoRowsToChange() {
        assertThat(columns.mask(events.truncate().batch(), "email", "").events())
                .hasSize(1);
    }

    private static Stream<Row> rows(Batch batch) {
        return batch.events().stream().map(ChangeEvent::after);
    }
}
