package io.vitrine.model.torch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Packs a TorchScript class into the archive that libtorch loads, so that a readable source needs no Python to run.
 *
 * <p>An archive is a zip without compression: the source under {@code code/}, a pickle of the one object with its attributes, a
 * pickle of the constants (none here) and the format's version. The attributes are read off the source's own declarations and pickled
 * empty; the program sets them before it is used.
 */
final class TorchScriptArchive {

    private static final Pattern ATTRIBUTE = Pattern.compile("(?m)^  (\\w+) : (\\S.*)$");

    private TorchScriptArchive() {}

    /** The archive of {@code source}, which declares one class. */
    static byte[] pack(String source, String className) {
        ByteArrayOutputStream archive = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(archive)) {
            zip.setMethod(ZipOutputStream.STORED);
            store(zip, "data.pkl", pickledObject(className, attributes(source)));
            store(zip, "code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
            store(zip, "constants.pkl", new Pickle().emptyTuple().end());
            store(zip, "version", "3\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return archive.toByteArray();
    }

    private record Attribute(String name, String type) {}

    private static List<Attribute> attributes(String source) {
        return ATTRIBUTE
                .matcher(source)
                .results()
                .map(TorchScriptArchive::attribute)
                .toList();
    }

    private static Attribute attribute(MatchResult match) {
        return new Attribute(match.group(1), match.group(2));
    }

    private static byte[] pickledObject(String className, List<Attribute> attributes) {
        Pickle pickle = new Pickle().newObject("__torch__", className).beginState();
        for (Attribute attribute : attributes) {
            pickle.text(attribute.name);
            emptyValue(pickle, attribute.type);
        }
        return pickle.setState().end();
    }

    private static void emptyValue(Pickle pickle, String type) {
        switch (type) {
            case "bool" -> pickle.falseValue();
            case "int" -> pickle.zero();
            case "str" -> pickle.text("");
            case "Tensor" -> pickle.none();
            case "List[Tensor]" -> pickle.emptyTensorList();
            default -> pickle.emptyListOf(type);
        }
    }

    private static void store(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        CRC32 checksum = new CRC32();
        checksum.update(bytes);
        ZipEntry entry = new ZipEntry("decoder/" + name);
        entry.setSize(bytes.length);
        entry.setCrc(checksum.getValue());
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
    }

    /** The few opcodes of pickle protocol 2 that an object with empty attributes takes. */
    private static final class Pickle {

        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Pickle() {
            opcodes("\u0080\u0002"); // PROTO 2
        }

        Pickle newObject(String module, String name) {
            return opcodes("c" + module + "\n" + name + "\n").emptyTuple().opcodes("\u0081"); // GLOBAL, NEWOBJ
        }

        Pickle beginState() {
            return opcodes("}("); // EMPTY_DICT, MARK
        }

        Pickle setState() {
            return opcodes("ub"); // SETITEMS, BUILD
        }

        Pickle emptyTuple() {
            return opcodes(")");
        }

        void falseValue() {
            opcodes("\u0089");
        }

        void zero() {
            opcodes("K\u0000"); // BININT1
        }

        void none() {
            opcodes("N");
        }

        void text(String value) {
            byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
            opcodes("X"); // BINUNICODE: length, bytes
            out.writeBytes(ByteBuffer.allocate(4)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(utf8.length)
                    .array());
            out.writeBytes(utf8);
        }

        void emptyTensorList() {
            opcodes("ctorch.jit._pickle\nbuild_tensorlist\n]\u0085R"); // GLOBAL, EMPTY_LIST, TUPLE1, REDUCE
        }

        void emptyListOf(String listType) {
            opcodes("ctorch.jit._pickle\nrestore_type_tag\n]");
            text(listType);
            opcodes("\u0086R"); // TUPLE2, REDUCE
        }

        byte[] end() {
            opcodes("."); // STOP
            return out.toByteArray();
        }

        private Pickle opcodes(String latin1) {
            out.writeBytes(latin1.getBytes(StandardCharsets.ISO_8859_1));
            return this;
        }
    }
}
