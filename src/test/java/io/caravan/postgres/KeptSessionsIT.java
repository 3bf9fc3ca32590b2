package io.caravan.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravan.Servers;
import io.caravan.Sql;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KeptSessionsIT {
    private Database database;

    @BeforeEach
    void make() throws SQLException {
        database = Servers.create("target", "kept");
    }

    @AfterEach
    void endSessions() {
        database.endSessions();
    }

    @Test
    void theNextQuestionIsAskedInTheSameSession() throws SQLException {
        assertThat(process()).isEqualTo(process());
    }

    @Test
    void questionsAtTheSameTimeHaveSessionsOfTheirOwn() throws SQLException {
        try (Connection first = database.session();
                Connection second = database.session()) {
            assertThat(process(first)).isNotEqualTo(process(second));
        }
    }

    @Test
    void aSessionThatHasEndedIsReplacedWithoutAWord() throws SQLException {
        int before = process();

        Sql.endOtherSessions(database);

        assertThat(process()).isNotEqualTo(before);
    }

    /** It has what its database said when it began, though someone has taken that back. */
    @Test
    void aSessionThatMayNotWriteIsNotKept() throws SQLException {
        Sql.run(database, "alter database kept set default_transaction_read_only = on");
        int before = process();

        assertThat(process()).isNotEqualTo(before);
    }

    @Test
    void whatWasNotCommittedIsUndone() throws SQLException {
        Sql.run(database, "create table t (v int)");
        try (Connection session = database.session()) {
            session.setAutoCommit(false);
            Sql.run(session, "insert into public.t values (1)");
        }

        assertThat(Sql.column(database, "select count(*) from t")).containsExactly("0");
        try (Connection session = database.session()) {
            assertThat(session.getAutoCommit()).isTrue();
        }
    }

    @Test
    void whoeverClosedItCannotUseItAnyMore() throws SQLException {
        Connection session = database.session();
        session.close();
        session.close(); // harmless

        assertThat(session.isClosed()).isTrue();
        assertThatThrownBy(session::createStatement).isInstanceOf(SQLException.class);
        try (Connection next = database.session()) {
            assertThat(process(next)).isPositive();
        }
    }

    @Test
    void whatAnUnreachableServerFailsWithIsTold() {
        Database nowhere = new Database("target", "jdbc:postgresql://127.0.0.1:1/none", "nobody", "");

        assertThatThrownBy(nowhere::session).hasMessageContaining("127.0.0.1:1 refused");
    }

    private int process() throws SQLException {
        try (Connection session = database.session()) {
            return process(session);
        }
    }

    private static int process(Connection session) throws SQLException {
        try (Statement statement = session.createStatement();
                ResultSet row = statement.executeQuery("select pg_backend_pid()")) {
            row.next();
            return row.getInt(1);
        }
    }
}
