package io.vitrine.server.http;

import java.util.Optional;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ByteProcessor;
import io.netty.util.ReferenceCountUtil;
import io.vitrine.server.api.ApiException;

/**
 * Sees what a connection sends before and behind the decoder of heads: how much of a head has come that is not complete, and
 * heads that Vert.x would take but that break a rule. On the connection's event loop.
 */
final class HeadWatch extends ChannelInboundHandlerAdapter {

    /** What Vert.x calls its decoder. */
    private static final String DECODER = "httpDecoder";

    /** What is found of a connection. */
    interface Connection {

        /** Whether a request is in progress, or the rest of its body still comes though it has been answered. */
        boolean busy();

        /** A head is complete; whether it may go on. */
        boolean headDecoded();

        int decodedCount();

        /** What comes of a request's body is not valid HTTP; nothing more can be read of the connection. */
        void bodyBroken();

        /** All of a request has come. */
        void requestReceived();

        /** More of a head has come that is not complete. */
        void partOfHead(int lines);

        /** The client sends no more. */
        void inputClosed();
    }

    private final Connection connection;

    private HeadWatch(Connection connection) {
        this.connection = connection;
    }

    static void install(ChannelPipeline pipeline, Connection connection, int maxHeaders) {
        pipeline.addBefore(DECODER, "headWatch", new HeadWatch(connection));
        pipeline.addAfter(DECODER, "headCheck", new HeadCheck(connection, maxHeaders));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        boolean idle = !connection.busy();
        int lines = idle && message instanceof ByteBuf bytes ? lineCount(bytes) : 0;
        int decodedBefore = connection.decodedCount();
        context.fireChannelRead(message);
        // What follows a complete head in the same bytes is its body, or is counted with what comes next.
        if (idle && !connection.busy() && connection.decodedCount() == decodedBefore) {
            connection.partOfHead(lines);
        }
    }

    private static int lineCount(ByteBuf bytes) {
        LineCounter counter = new LineCounter();
        bytes.forEachByte(counter);
        return counter.lines;
    }

    private static final class LineCounter implements ByteProcessor {

        private int lines;

        @Override
        public boolean process(byte value) {
            if (value == '\n') {
                lines++;
            }
            return true;
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        context.fireUserEventTriggered(event);
        if (event instanceof ChannelInputShutdownEvent) {
            connection.inputClosed();
        }
    }

    /** Behind the decoder: marks a head that breaks a rule as invalid, with the error as cause. */
    private static final class HeadCheck extends ChannelInboundHandlerAdapter {

        private final Connection connection;
        private final int maxHeaders;
        private boolean refused;

        HeadCheck(Connection connection, int maxHeaders) {
            this.connection = connection;
            this.maxHeaders = maxHeaders;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            refused = refused || (message instanceof HttpRequest && !connection.headDecoded());
            if (refused) {
                // Nothing behind it is read either.
                ReferenceCountUtil.release(message);
                return;
            }
            if (message instanceof HttpRequest head) {
                if (head.decoderResult().isSuccess()) {
                    Optional<ApiException> error = HeadRules.check(head, maxHeaders);
                    error.ifPresent(cause -> head.setDecoderResult(DecoderResult.failure(cause)));
                }
                HeadRules.answerable(head);
            }
            // A request line that is not valid comes as a whole request, of which the head is answered.
            if (message instanceof HttpContent content
                    && !(message instanceof HttpRequest)
                    && content.decoderResult().isFailure()) {
                // Vert.x would close the connection without a word.
                ReferenceCountUtil.release(message);
                connection.bodyBroken();
                return;
            }
            if (message instanceof LastHttpContent) {
                connection.requestReceived();
            }
            context.fireChannelRead(message);
        }
    }
}
