package io.xenolith.engine;

import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/// Gives each test a fresh seed and, when the test fails, says how to repeat it.
public final class SeedExtension implements ParameterResolver, TestExecutionExceptionHandler {

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(SeedExtension.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Seed.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return seed(context);
    }

    @Override
    public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
        System.err.printf("%s: repeat with -Dxenolith.seed=%d%n", context.getDisplayName(), seed(context).value());
        failure.addSuppressed(new AssertionError("repeat with -Dxenolith.seed=" + seed(context).value()));
        throw failure;
    }

    private static Seed seed(ExtensionContext context) {
        return context.getStore(NAMESPACE).getOrComputeIfAbsent(context.getUniqueId(),
                _ -> new Seed(Long.getLong("xenolith.seed", ThreadLocalRandom.current().nextLong(1L << 40))), Seed.class);
    }
}
