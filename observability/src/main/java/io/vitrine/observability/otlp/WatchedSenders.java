package io.vitrine.observability.otlp;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import io.opentelemetry.common.ComponentLoader;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.common.export.GrpcResponse;
import io.opentelemetry.sdk.common.export.GrpcSender;
import io.opentelemetry.sdk.common.export.GrpcSenderProvider;
import io.opentelemetry.sdk.common.export.GrpcStatusCode;
import io.opentelemetry.sdk.common.export.HttpResponse;
import io.opentelemetry.sdk.common.export.HttpSender;
import io.opentelemetry.sdk.common.export.HttpSenderProvider;
import io.opentelemetry.sdk.common.export.MessageWriter;

/**
 * Gives an exporter the usual senders, and {@code link} every answer first: the SDK's exporters look at its status only, and not at what
 * a collector rejected of what it took.
 */
record WatchedSenders(CollectorLink link) implements ComponentLoader {

    @Override
    public <T> Iterable<T> load(Class<T> type) {
        List<T> components = new ArrayList<>();
        for (T component : ComponentLoader.forClassLoader(WatchedSenders.class.getClassLoader())
                .load(type)) {
            components.add(type.cast(watched(component)));
        }
        return components;
    }

    private Object watched(Object component) {
        if (component instanceof HttpSenderProvider provider) {
            return (HttpSenderProvider) config -> new Http(provider.createSender(config), link);
        }
        if (component instanceof GrpcSenderProvider provider) {
            return (GrpcSenderProvider) config -> new Grpc(provider.createSender(config), link);
        }
        return component;
    }

    private record Http(HttpSender sender, CollectorLink link) implements HttpSender {

        @Override
        public void send(MessageWriter message, Consumer<HttpResponse> onResponse, Consumer<Throwable> onError) {
            sender.send(
                    message,
                    response -> {
                        if (response.getStatusCode() / 100 == 2) {
                            link.answered(response.getResponseBody());
                        } else {
                            link.refused("HTTP " + response.getStatusCode() + " " + response.getStatusMessage());
                        }
                        onResponse.accept(response);
                    },
                    error -> {
                        link.unreached(error);
                        onError.accept(error);
                    });
        }

        @Override
        public CompletableResultCode shutdown() {
            return sender.shutdown();
        }
    }

    private record Grpc(GrpcSender sender, CollectorLink link) implements GrpcSender {

        @Override
        public void send(MessageWriter message, Consumer<GrpcResponse> onResponse, Consumer<Throwable> onError) {
            sender.send(
                    message,
                    response -> {
                        if (response.getStatusCode() == GrpcStatusCode.OK) {
                            link.answered(response.getResponseMessage());
                        } else {
                            String description = String.valueOf(response.getStatusDescription());
                            link.refused("gRPC " + response.getStatusCode() + " " + description);
                        }
                        onResponse.accept(response);
                    },
                    error -> {
                        link.unreached(error);
                        onError.accept(error);
                    });
        }

        @Override
        public CompletableResultCode shutdown() {
            return sender.shutdown();
        }
    }
}
