import LambdaExtension
import LambdaRuntime

struct Order {
    var order = ""
    var quantity: Int64 = 0
    var price: Int64 = 0

    init(_ event: ByteView) throws(JSONError) {
        var reader = JSONReader(event)
        guard try reader.entersObject() else { return }
        while case .key(let key) = try reader.next() {
            if key == "order" {
                order = try reader.nextText()?.string ?? ""
            } else if key == "quantity" {
                quantity = try reader.nextInteger() ?? 0
            } else if key == "price" {
                price = try reader.nextInteger() ?? 0
            } else {
                try reader.skipValue()
            }
        }
    }

    var receipt: [UInt8] {
        var json = Buffer()
        order.withByteView { order in
            json.appendJSONObject { receipt in
                receipt.field("order", order)
                receipt.field("total", quantity * price)
            }
        }
        return json.readable.array
    }
}

LambdaRuntime.runBlocking { (event, _) throws(FunctionError) in
    do throws(JSONError) {
        return try event.withByteView { (event) throws(JSONError) in try Order(event) }.receipt
    } catch {
        throw FunctionError(type: "Order.Malformed", message: "expected \(error.message)")
    }
}
