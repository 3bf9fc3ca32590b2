package io.caravan.pipeline;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravan.bootstrap.BootstrapException;
import io.caravan.bootstrap.TableCopies;
import io.caravan.postgres.TableName;
import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The bean {@code tableCopies}: copies of single tables while the others stream, as routes ask for them. */
public final class CopyBean {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Logger LOG = LoggerFactory.getLogger(CopyBean.class);

    private final TableCopies copies;

    CopyBean(TableCopies copies) {
        this.copies = copies;
    }

    /** What a copy came to: the answer of the API. */
    public record Copied(String table, long rows, double seconds) {
        @Override
        public String toString() {
            return "%s: %,d %s copied in %.1f s".formatted(table, rows, rows == 1 ? "row" : "rows", seconds);
        }
    }

    /** Notes that the table, {@code schema.table}, is to be copied again; also a kill does not undo that. */
    public void request(String table) throws SQLException, BootstrapException, InterruptedException {
        copies.request(copies.named(table));
    }

    /** The tables, {@code schema.table}, whose copy is to be made or finished. */
    public List<String> due() throws SQLException, InterruptedException {
        return copies.due().stream().map(TableName::toString).toList();
    }

    /** Copies the table that was asked for. Returns the outcome as JSON. */
    public String copy(String table) throws Exception {
        return JSON.writeValueAsString(copy(copies, copies.named(table)));
    }

    public static Copied copy(TableCopies copies, TableName table) throws Exception {
        long since = System.nanoTime();
        long rows = copies.copy(table);
        Copied copied = new Copied(table.toString(), rows, (System.nanoTime() - since) / 1e9);
        LOG.info("{}", copied);
        return copied;
    }

    public static Copied parse(String json) throws IOException {
        return JSON.readValue(json, Copied.class);
    }

    /** Why a copy could not be made, in one line. */
    public String failure(Exchange exchange) {
        return FailureText.message(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class));
    }
}
