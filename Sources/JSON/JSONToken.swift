/// One step through a document. Texts and numbers are views of the document's bytes.
public enum JSONToken {
    /// `{`
    case beginObject
    /// `}`
    case endObject
    /// `[`
    case beginArray
    /// `]`
    case endArray
    /// The name of an object's member; its value comes next. Names may repeat: RFC 8259, section 4, leaves that to
    /// whoever reads.
    case key(JSONText)
    /// A string.
    case string(JSONText)
    /// A number.
    case number(JSONNumber)
    /// `true` or `false`
    case bool(Bool)
    /// `null`
    case null
    /// The document is over, and nothing but white space followed.
    case end
}
