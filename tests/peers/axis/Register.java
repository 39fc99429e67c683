// What the Axis peer offers. Whoever is asked for twice in one answer is sent once and pointed at.

import java.math.BigDecimal;
import java.util.Calendar;
import java.util.TimeZone;
import org.apache.axis.AxisFault;

public class Register {
    public String addReview(String creator, int number) {
        return creator == null ? null : creator + "|" + number;
    }

    public int count(Person[] people) { return people == null ? -1 : people.length; }

    public Person find(String name) {
        Person mother = person(name + "之母", null);
        return person(name, mother);
    }

    public Person[] siblings(int number) {
        Person mother = person("李某", null);
        Person[] found = new Person[number];
        for (int n = 0; n < number; n++) {
            found[n] = person("张小" + n, mother);
        }
        return found;
    }

    public String[] names() { return new String[] {"张小直", "", "a<b&c"}; }

    public Person older(Person given) {
        given.setAge(given.getAge() + 1);
        return given;
    }

    public String refuse(String reason) throws AxisFault {
        throw new AxisFault("Client.Data", reason, null, null);
    }

    public String crash() { throw new IllegalStateException("内部错误"); }

    private static Person person(String name, Person mother) {
        Calendar day = Calendar.getInstance(TimeZone.getTimeZone("Asia/Shanghai"));
        day.setTimeInMillis(1767571200000L);
        Person told = new Person();
        told.setName(name);
        told.setAge(7);
        told.setAmount(new BigDecimal("12.50"));
        told.setSince(day);
        told.setAlive(true);
        told.setMother(mother);
        return told;
    }
}
