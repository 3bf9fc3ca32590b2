package io.caravan.apply;

import static io.caravan.apply.DevicesTable.device;
import static org.assertj.core.api.Assertions.assertThat;

import io.caravan.RecordedEvent;
import io.caravan.Sql;
import io.caravan.postgres.Database;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The real route template on a real target: what a batch of records leaves there. */
class ApplyRoutesIT {
    private static final List<String> RECORDED = List.of(
            "insert",
            "update",
            "update-large-value",
            "update-unchanged-toast",
            "key-change-delete",
            "key-change-create");

    private final Changes changes = new Changes("devices");
    private DevicesTable devices;
    private Database target;
    private ApplyRoutes routes;

    @BeforeEach
    void startRoutes() throws Exception {
        devices = DevicesTable.create();
        target = devices.target();
        routes = devices.routes();
    }

    @AfterEach
    void stopRoutes() {
        routes.close();
    }

    @Test
    void theConnectorsOwnEventsGoTheWholeWay() throws Exception {
        routes.apply(recorded(RECORDED, 0));

        assertThat(Sql.column(target, "select id || name || ip || length(notes) from devices"))
                .containsExactly("2hub10.0.0.1/24" + largeValue());

        routes.apply(List.of(RecordedEvent.read("delete").at(6)));

        assertThat(Sql.rows(target, "devices")).isEmpty();
        assertThat(devices.nextOffset()).isEqualTo("7");
    }

    @Test
    void theSameEventsOneByOneEndTheSame() throws Exception {
        for (ConsumerRecord<byte[], byte[]> each : recorded(RECORDED, 0)) {
            routes.apply(List.of(each));
        }

        assertThat(Sql.column(target, "select id || name || ip || length(notes) from devices"))
                .containsExactly("2hub10.0.0.1/24" + largeValue());
    }

    @Test
    void aTableWithoutAKeyKeepsItsDuplicates() throws Exception {
        Sql.run(target, "insert into log values (1, 'a'), (1, 'a'), (null, null)");

        routes.apply(recorded(List.of("keyless-update"), 0));
        routes.apply(List.of(
                RecordedEvent.read("keyless-insert").at(1),
                RecordedEvent.read("keyless-delete").at(2)));

        assertThat(Sql.rows(target, "log")).containsExactly("(,)", "(1,a)", "(1,a)");
    }

    @Test
    void everyOpIsApplied() throws Exception {
        routes.apply(changes.create(device(1, "a")), changes.read(device(2, "b")));
        routes.apply(changes.update(device(1, "c")), changes.tombstone(), changes.delete("{\"id\":\"2\"}"));

        assertThat(devices.rows()).containsExactly("1 c");

        routes.apply(changes.create(device(3, "d")), changes.truncate(), changes.create(device(4, "e")));

        assertThat(devices.rows()).containsExactly("4 e");
    }

    @Test
    void deleteOfAnAbsentRowIsASuccess() throws Exception {
        routes.apply(changes.delete("{\"id\":\"9\"}"));

        assertThat(routes.letterLines()).isEmpty();
        assertThat(devices.nextOffset()).isEqualTo("1");
    }

    @Test
    void aColumnThatWasAddedToTheTargetMeanwhileIsFound() throws Exception {
        routes.apply(changes.create(device(1, "a")));
        Sql.run(target, "alter table devices add column added text");

        routes.apply(changes.create("{\"id\":\"2\",\"name\":\"b\",\"added\":\"x\"}"));

        assertThat(Sql.column(target, "select added from devices where id = 2")).containsExactly("x");
    }

    @Test
    void valuesThatAreSwappedUnderAUniqueConstraintArriveInTheSourcesOrder() throws Exception {
        Sql.run(target, "alter table devices add unique (name)");
        routes.apply(changes.create(device(1, "a")), changes.create(device(2, "b")));

        routes.apply(changes.update(device(1, "x")), changes.update(device(2, "a")), changes.update(device(1, "b")));

        assertThat(devices.rows()).containsExactly("1 b", "2 a");
        assertThat(routes.letterLines()).isEmpty();
    }

    private static List<ConsumerRecord<byte[], byte[]>> recorded(List<String> names, int from) {
        return IntStream.range(0, names.size())
                .mapToObj(i -> RecordedEvent.read(names.get(i)).at(from + i))
                .toList();
    }

    private static int largeValue() {
        return RecordedEvent.read("update-large-value")
                .value()
                .at("/after/notes")
                .asText()
                .length();
    }
}
