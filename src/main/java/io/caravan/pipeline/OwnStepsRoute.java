package io.caravan.pipeline;

import io.caravan.bootstrap.TableTopics;
import io.caravan.change.Batch;
import io.caravan.change.ChangeEvent;
import io.caravan.change.Op;
import io.caravan.change.Row;
import io.caravan.ownsteps.OwnSteps;
import io.caravan.postgres.Lsn;
import io.caravan.postgres.TableName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.model.ChoiceDefinition;
import org.apache.camel.model.LogDefinition;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.WhenDefinition;
import org.jspecify.annotations.Nullable;

/** The route {@code own-steps} as it is at the moment, for rows that do not come by the stream. */
public final class OwnStepsRoute implements OwnSteps {
    public static final String ROUTE = "own-steps";
    /** As the examples of add-a-step.md choose a table; no function, escape or placeholder within the name. */
    private static final Pattern OF_ONE_TABLE = Pattern.compile("\\$\\{header\\.table} == '([^'\\\\${}]+)'");

    private final TableTopics topics;
    private final String pipeline;
    private @Nullable CamelContext camel;
    private @Nullable ProducerTemplate template;

    OwnStepsRoute(TableTopics topics, String pipeline) {
        this.topics = topics;
        this.pipeline = pipeline;
    }

    /** Says where the route is. Before that there is nothing to be asked. */
    void in(CamelContext context) {
        camel = context;
        template = context.createProducerTemplate();
    }

    /**
     * Steps that are all choices by the table's name leave the other tables as they are; what any other step does to which table
     * cannot be told from here.
     */
    @Override
    public boolean concern(TableName table) {
        RouteDefinition route = require(camel, ModelCamelContext.class).getRouteDefinition(ROUTE);
        return route == null || route.getOutputs().stream().anyMatch(step -> concerns(step, table.toString()));
    }

    private static boolean concerns(ProcessorDefinition<?> step, String table) {
        if (step instanceof LogDefinition) {
            return false;
        }
        return !(step instanceof ChoiceDefinition choice)
                || choice.getOtherwise() != null
                || choice.getWhenClauses().stream().anyMatch(when -> isOf(when, table));
    }

    private static boolean isOf(WhenDefinition when, String table) {
        Matcher one = OF_ONE_TABLE.matcher(
                "simple".equals(when.getExpression().getLanguage())
                        ? when.getExpression().getExpression().trim()
                        : "");
        return !one.matches() || one.group(1).equals(table);
    }

    @Override
    public List<Row> pass(TableName table, List<Row> rows) {
        Batch batch = inserts(table, rows);
        Map<String, Object> headers = Map.of(
                "pipeline",
                pipeline,
                "table",
                table.toString(),
                "topic",
                batch.topic(),
                "partition",
                batch.partition());
        Exchange passed = require(template, ProducerTemplate.class).request("direct:" + ROUTE, exchange -> {
            exchange.getIn().setBody(batch);
            exchange.getIn().setHeaders(new java.util.HashMap<>(headers));
        });
        if (passed.getException() != null) {
            throw new IllegalStateException(FailureText.message(passed.getException()), passed.getException());
        }
        if (passed.isRouteStop()) {
            throw new IllegalStateException("A step says stop, which would end the table's route in the stream as well;"
                    + " leave rows out by columns.keep.");
        }
        if (!(passed.getMessage().getBody() instanceof Batch made)) {
            throw new IllegalStateException("The last step left no Batch in the body.");
        }
        return made.events().stream().map(OwnStepsRoute::row).toList();
    }

    private Batch inserts(TableName table, List<Row> rows) {
        long now = System.currentTimeMillis();
        List<ChangeEvent> events = new ArrayList<>();
        for (Row row : rows) {
            events.add(
                    new ChangeEvent(events.size(), Op.CREATE, null, row, null, false, Lsn.ZERO, 0, now, new byte[0]));
        }
        return new Batch(table, topics.of(table), 0, events.size(), events);
    }

    private static Row row(ChangeEvent event) {
        Row row = event.after();
        if (event.op() != Op.CREATE || row == null || row.hasUnchanged()) {
            throw new IllegalStateException("They made " + event
                    + " of an insert. Of a row that is copied they can make another row, or nothing.");
        }
        return row;
    }

    private static <T> T require(@Nullable Object found, Class<T> type) {
        if (found == null) {
            throw new IllegalStateException("The routes are not read yet.");
        }
        return type.cast(found);
    }
}
