package io.caravan.apply;

import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.spi.Policy;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.DefaultTransactionDefinition;

/**
 * A {@code policy} of the routes: its steps are one transaction, or one savepoint of the transaction around. Committed when
 * the exchange comes through without an exception, else rolled back.
 *
 * <p>Not Camel's {@code transacted}: that brings an error handler of its own, which marks the exchange as exhausted, so that
 * no error handler around it tries again while the target is away (Camel 4.17.0, seen in a run).
 */
public final class TransactionPolicy implements Policy {
    private final PlatformTransactionManager transactions;
    private final DefaultTransactionDefinition definition;

    /** @param propagation {@code PROPAGATION_REQUIRED} or {@code PROPAGATION_NESTED}, a savepoint */
    public TransactionPolicy(PlatformTransactionManager transactions, String propagation) {
        this.transactions = transactions;
        this.definition = new DefaultTransactionDefinition();
        definition.setPropagationBehaviorName(propagation);
    }

    @Override
    public void beforeWrap(Route route, NamedNode definition) {
        // nothing to prepare
    }

    @Override
    public Processor wrap(Route route, Processor steps) {
        return exchange -> run(exchange, steps);
    }

    private void run(Exchange exchange, Processor steps) {
        TransactionStatus status;
        try {
            status = transactions.getTransaction(definition);
        } catch (TransactionException e) {
            fail(exchange, e);
            return;
        }
        try {
            steps.process(exchange);
        } catch (Exception e) {
            exchange.setException(e);
        }
        if (exchange.getException() != null) {
            rollback(status, exchange.getException());
            fail(exchange, exchange.getException());
            return;
        }
        try {
            transactions.commit(status);
        } catch (TransactionException e) {
            fail(exchange, e); // whether it was committed is not known; the ledger will say on the next try
        }
    }

    /** Beans that a predicate calls find the failure in this property alone (BeanExpression in Camel 4.17.0). */
    private static void fail(Exchange exchange, Exception failure) {
        exchange.setException(failure);
        exchange.setProperty(Exchange.EXCEPTION_CAUGHT, failure);
    }

    /** A rollback that fails, as when the connection is gone, must not hide what the transaction failed with. */
    private void rollback(TransactionStatus status, Throwable cause) {
        try {
            transactions.rollback(status);
        } catch (TransactionException e) {
            cause.addSuppressed(e);
        }
    }
}
