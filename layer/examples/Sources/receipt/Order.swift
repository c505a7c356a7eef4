import JSON
import PostInvokeRuntime

/// The event: `{"order":"7f3c2a","items":["espresso"],"total":640}`.
struct Order {
    private(set) var number = ""
    private(set) var items = 0
    /// Cents.
    private(set) var total: Int64 = 0

    init(_ event: [UInt8]) throws(FunctionError) {
        do throws(JSONError) {
            self = try event.withByteView { (event) throws(JSONError) in try Order(reading: event) }
        } catch {
            throw FunctionError(type: "Order.Malformed", message: "expected \(error.message) at byte \(error.offset)")
        }
        guard !number.isEmpty, items > 0 else {
            throw FunctionError(type: "Order.Incomplete", message: "an order has a number and at least one item")
        }
    }

    private init(reading event: ByteView) throws(JSONError) {
        var reader = JSONReader(event)
        guard try reader.entersObject() else { return }
        while case .key(let key) = try reader.next() {
            if key == "order" {
                number = try reader.nextText()?.string ?? ""
            } else if key == "items" {
                items = try Order.count(&reader)
            } else if key == "total" {
                total = try reader.nextInteger() ?? 0
            } else {
                try reader.skipValue()
            }
        }
        // Nothing may follow.
        _ = try reader.next()
    }

    /// The number of texts in an array.
    private static func count(_ reader: inout JSONReader) throws(JSONError) -> Int {
        guard case .beginArray = try reader.next() else { return 0 }
        var count = 0
        while case .string = try reader.next() { count += 1 }
        return count
    }

    /// The response.
    var receipt: [UInt8] {
        var json = Buffer()
        number.withByteView { number in
            json.appendJSONObject { receipt in
                receipt.field("order", number)
                receipt.field("items", items)
                receipt.field("total", total)
            }
        }
        return json.readable.array
    }
}
