// A whole function of some tens of kilobytes: it reads an order, answers with a receipt, and does two things after that. It builds
// as ordinary and, by `layer/package --embedded`, as Embedded Swift.
import JSON
import PostInvokeRuntime

let postInvoke = PostInvoke.connectBlocking()

LambdaRuntime.runBlocking(
    postInvoke.wrap { (event, context) throws(FunctionError) in
        let order = try Order(event)

        // Closures run after the response has gone out, the last one first.
        PostInvoke.run { print("the receipt of \(order.number) is filed") }
        PostInvoke.run { print("\(order.number) goes to the kitchen") }

        return order.receipt
    })
