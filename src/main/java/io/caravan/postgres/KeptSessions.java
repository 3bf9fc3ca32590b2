package io.caravan.postgres;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/**
 * Sessions of short questions, kept for the next one when their user closes them: a new one costs the server a process that
 * reads the catalogues anew, and this side the key of the password (SCRAM-SHA-256, 4,096 rounds of a hash). Unlike a pool this
 * holds nobody back, and what a new session fails with is told at once and as it is.
 */
final class KeptSessions {
    private static final int MOST_IDLE = 2;
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(15);

    /** So that sessions move on to another server where the name of one has. */
    private static final long LIFE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final int VALIDATION_SECONDS = 5;

    private static final Map<Database, KeptSessions> ALL = new ConcurrentHashMap<>();

    private final Database database;
    private final Deque<Kept> idle = new ArrayDeque<>();

    private record Kept(Connection session, long begun, long returned) {
        boolean isOld() {
            long now = System.nanoTime();
            return now - returned > IDLE_NANOS || now - begun > LIFE_NANOS;
        }

        boolean answers() {
            try {
                return session.isValid(VALIDATION_SECONDS);
            } catch (SQLException e) {
                return false;
            }
        }
    }

    private KeptSessions(Database database) {
        this.database = database;
    }

    static KeptSessions of(Database database) {
        return ALL.computeIfAbsent(database, KeptSessions::new);
    }

    Connection take() throws SQLException {
        endOld();
        Kept kept = poll();
        if (kept != null && kept.answers()) {
            return lend(kept.session, kept.begun);
        }
        if (kept != null) { // the others are of the same server, and none of them is waited for
            end(kept.session);
            endAll();
        }
        return lend(database.connect(), System.nanoTime());
    }

    void endAll() {
        for (Kept kept = poll(); kept != null; kept = poll()) {
            end(kept.session);
        }
    }

    private @Nullable Kept poll() {
        synchronized (idle) {
            return idle.pollFirst();
        }
    }

    /** Without asking the server anything: it may be out of reach, which is why the session is closed. */
    private void giveBack(Connection session, long begun) {
        endOld();
        try {
            BaseConnection server = session.unwrap(BaseConnection.class);
            if (!session.isClosed() && server.getTransactionState() == TransactionState.IDLE && !isReadOnly(server)) {
                session.setAutoCommit(true);
                synchronized (idle) {
                    if (idle.size() < MOST_IDLE) {
                        idle.addFirst(new Kept(session, begun, System.nanoTime()));
                        return;
                    }
                }
            }
        } catch (SQLException e) {
            // a session that cannot go back to its beginning is ended
        }
        end(session);
    }

    /** What its role or database had when it began, which can be over by now; the server reports it (GUC_REPORT). */
    private static boolean isReadOnly(BaseConnection server) {
        return "on".equals(server.getParameterStatus("default_transaction_read_only"));
    }

    private void endOld() {
        List<Kept> old = new ArrayList<>();
        synchronized (idle) {
            idle.removeIf(kept -> kept.isOld() && old.add(kept));
        }
        old.forEach(kept -> end(kept.session));
    }

    private static void end(Connection session) {
        try {
            session.close();
        } catch (SQLException e) {
            // it has ended already
        }
    }

    private Connection lend(Connection session, long begun) {
        return (Connection) Proxy.newProxyInstance(
                KeptSessions.class.getClassLoader(), new Class<?>[] {Connection.class}, new Lent(session, begun));
    }

    /** A session until it is closed, which gives it back. */
    private final class Lent implements InvocationHandler {
        private final Connection session;
        private final long begun;
        private boolean closed;

        Lent(Connection session, long begun) {
            this.session = session;
            this.begun = begun;
        }

        @Override
        public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
                throws Throwable {
            switch (method.getName()) {
                case "close" -> {
                    if (!closed) {
                        closed = true;
                        giveBack(session, begun);
                    }
                    return null;
                }
                case "isClosed" -> {
                    return closed || session.isClosed();
                }
                default -> {
                    if (closed) {
                        throw new SQLException("This connection has been closed.", "08003");
                    }
                    try {
                        return method.invoke(session, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }
            }
        }
    }
}
