package io.caravan.it;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Skipped with {@code -Dcaravan.it.capture=engine}; the value says what it does with Kafka Connect that the engine has not. */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(NeedsConnect.Condition.class)
@interface NeedsConnect {
    String value();

    /** Asked for the class, then for the method. */
    final class Condition implements ExecutionCondition {
        @Override
        public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
            String why = AnnotationSupport.findAnnotation(context.getElement(), NeedsConnect.class)
                    .map(NeedsConnect::value)
                    .orElse("");
            return why.isEmpty() || TestedCapture.IT == TestedCapture.CONNECT
                    ? ConditionEvaluationResult.enabled("Kafka Connect is there, or not needed")
                    : ConditionEvaluationResult.disabled(why);
        }
    }
}
