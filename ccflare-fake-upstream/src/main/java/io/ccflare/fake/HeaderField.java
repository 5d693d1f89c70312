package io.ccflare.fake;

/**
 * One header line as it stood on the wire: the name in its original case, the value without surrounding blanks.
 *
 * @param name the name, case preserved
 * @param value the value, bytes above 127 read as ISO 8859-1
 * @since 1.0
 */
public record HeaderField(String name, String value) {}
